/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.client.Listeners.BindFailedException;
import io.gatehouse.kernel.config.ConfigChanges;
import io.gatehouse.kernel.config.ConfigException;
import io.gatehouse.kernel.config.LoadedConfig;
import io.gatehouse.kernel.config.Problem;
import io.gatehouse.kernel.operations.AuditEvent;
import io.gatehouse.kernel.operations.AuditLog;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.ListIterator;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a changed bootstrap file count while clients are connected. All that can fail is done first, beside what runs: the file is read
 * and checked, what cannot change is named, plugins make what they are asked for, ports are bound. Then all of it counts, or nothing has
 * happened. Thread-safe; one at a time.
 */
final class Reload {

    private static final Logger log = LoggerFactory.getLogger(Reload.class);

    private final Object changes;
    private final AuditLog audit;
    private final MeterRegistry meters;
    private final Parts parts;
    private LoadedConfig running;

    /** What a reload consists of. */
    interface Parts {

        /**
         * The parts, each ready or not at all, in the order in which they are to count.
         *
         * @param staged gets each when it is ready
         * @throws RuntimeException when one cannot be
         */
        void stage(LoadedConfig next, List<Staged> staged);

        /**
         * All of them count.
         *
         * @param whoIsWho whether somebody who is connected may be somebody else now, or nobody
         */
        void done(LoadedConfig next, boolean whoIsWho);
    }

    /** @param changes held meanwhile, as whatever else changes holds it */
    Reload(Object changes, LoadedConfig running, AuditLog audit, MeterRegistry meters, Parts parts) {
        this.changes = changes;
        this.running = running;
        this.audit = audit;
        this.meters = meters;
        this.parts = parts;
    }

    /**
     * Reads the bootstrap file again.
     *
     * @param actor who wants it, such as an operator's name
     * @param byInterface whether an interface for operators asks, which must not be replaced before it has answered
     * @return what has changed, each as a sentence; none when nothing has
     * @throws ConfigException with everything that is in the way; nothing has changed then
     */
    List<String> run(String actor, boolean byInterface) {
        synchronized (changes) {
            try {
                LoadedConfig next = running.readAgain();
                ConfigChanges found = changesTo(next, byInterface);
                if (!found.sentences().isEmpty()) {
                    apply(next, found.whoIsWho());
                }
                // Even when nothing that counts has changed: messages name positions, and placeholders may have moved.
                running = next;
                succeeded(actor, found.sentences());
                return found.sentences();
            } catch (ConfigException e) {
                failed(actor, e);
                throw e;
            }
        }
    }

    private ConfigChanges changesTo(LoadedConfig next, boolean byInterface) {
        ConfigChanges found = ConfigChanges.between(running.config(), next.config());
        List<Problem> problems = new ArrayList<>(found.impossible());
        if (byInterface
                && !running.config().administration().equals(next.config().administration())) {
            problems.add(
                    new Problem(
                            "administration",
                            "has changed (expected: a reload by the signal HUP, as this answer comes by what would be replaced)"));
        }
        if (!problems.isEmpty()) {
            throw new ConfigException("the configuration", problems);
        }
        return found;
    }

    private void apply(LoadedConfig next, boolean whoIsWho) {
        List<Staged> staged = new ArrayList<>();
        try {
            parts.stage(next, staged);
        } catch (KafkaException | BindFailedException | IllegalArgumentException e) {
            discard(staged);
            throw new ConfigException("the configuration", List.of(new Problem("", String.valueOf(e.getMessage()))));
        } catch (RuntimeException | Error e) {
            discard(staged);
            throw e;
        }
        staged.forEach(Staged::commit);
        parts.done(next, whoIsWho);
    }

    private static void discard(List<Staged> staged) {
        ListIterator<Staged> last = staged.listIterator(staged.size());
        while (last.hasPrevious()) {
            last.previous().discard();
        }
    }

    private void succeeded(String actor, List<String> sentences) {
        log.info(
                "The configuration is read again, as {} asked: {}",
                actor,
                sentences.isEmpty() ? "nothing has changed" : String.join("; ", sentences));
        meters.counter("gatehouse.reloads", "outcome", "success").increment();
        audit.write(() -> AuditEvent.of("config.reload")
                .with("outcome", "success")
                .with("actor", actor)
                .with("changes", sentences));
    }

    private void failed(String actor, ConfigException e) {
        List<String> problems = e.problems().stream().map(Problem::toString).toList();
        log.error(
                "The configuration was to be read again, as {} asked, and cannot be used; what ran before goes on: {}",
                actor,
                String.join("; ", problems));
        meters.counter("gatehouse.reloads", "outcome", "failure").increment();
        audit.write(() -> AuditEvent.of("config.reload")
                .with("outcome", "failure")
                .with("actor", actor)
                .with("problems", problems));
    }
}
