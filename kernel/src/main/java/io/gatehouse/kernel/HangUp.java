/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import io.gatehouse.kernel.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/** The signal HUP, by which supervisors ask a process to read its configuration again ({@code kill -HUP}, {@code systemctl reload}). */
final class HangUp {

    private static final Logger log = LoggerFactory.getLogger(HangUp.class);
    private static final String ACTOR = "the signal HUP";

    private HangUp() {}

    /** From then on the signal reloads; before, it ends the process. */
    static void reloads(Gatehouse gateway) {
        try {
            Signal.handle(new Signal("HUP"), signal -> reload(gateway));
        } catch (IllegalArgumentException e) {
            log.info(
                    "The signal HUP cannot be had here (no such signal, or ignored as under nohup); the HTTP API reloads: {}",
                    e.getMessage());
        }
    }

    private static void reload(Gatehouse gateway) {
        try {
            gateway.reload(ACTOR);
        } catch (ConfigException e) {
            log.debug("The reload has said what is wrong", e);
        } catch (RuntimeException | LinkageError e) {
            log.error("The configuration could not be read again; what ran before goes on", e);
        }
    }
}
