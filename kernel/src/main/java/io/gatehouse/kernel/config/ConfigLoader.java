/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the bootstrap file. Thread-safe. */
public final class ConfigLoader {

    /** The environment variable that makes virtual clusters mandatory whatever the file says. */
    public static final String MANDATORY_FLAG = "GATEWAY_FEATURE_FLAGS_MANDATORY_VCLUSTER";

    private ConfigLoader() {}

    /**
     * Reads, binds and checks the bootstrap file.
     *
     * @param environment the process's environment variables
     * @throws ConfigException with everything that is wrong
     */
    public static LoadedConfig load(Path file, Map<String, String> environment) {
        List<Problem> problems = new ArrayList<>();
        Optional<Boolean> mandatory = mandatoryFlag(environment, problems);
        Yaml.Parsed parsed = parse(file);
        problems.addAll(parsed.problems());
        Object tree = parsed.documents().isEmpty() ? null : parsed.documents().get(0);
        if (parsed.documents().size() > 1) {
            problems.add(new Problem("", parsed.documents().size() + " YAML documents (expected: one)"));
        }
        if (tree == null) {
            if (parsed.problems().isEmpty()) {
                problems.add(new Problem("", "empty (expected: clusters and listeners at least)"));
            }
            throw new ConfigException(file.toString(), problems);
        }
        return bind(file, tree, environment, mandatory, problems);
    }

    private static LoadedConfig bind(
            Path file,
            Object tree,
            Map<String, String> environment,
            Optional<Boolean> mandatory,
            List<Problem> problems) {
        Path folder = file.toAbsolutePath().getParent();
        Placeholders.Resolved resolved = Placeholders.resolve(tree, environment, folder);
        problems.addAll(resolved.problems());
        List<String> unresolved =
                resolved.problems().stream().map(Problem::path).toList();
        Binder binder = new Binder(resolved.origins());
        Bound<GatehouseConfig> bound = binder.bind(resolved.tree(), GatehouseConfig.class, "");
        bound.problems().stream()
                .filter(problem -> !unresolved.contains(problem.path()))
                .forEach(problems::add);
        @Nullable GatehouseConfig config = bound.value();
        if (config != null) {
            problems.addAll(ConfigChecks.check(config));
        }
        if (config == null || !problems.isEmpty()) {
            throw new ConfigException(file.toString(), problems);
        }
        GatehouseConfig effective =
                mandatory.orElse(false) ? config.withIdentity(config.identity().mandatory()) : config;
        return new LoadedConfig(effective, binder, resolved.origins(), () -> load(file, environment));
    }

    private static Yaml.Parsed parse(Path file) {
        try {
            return Yaml.read(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new ConfigException(
                    file.toString(), List.of(new Problem("", "no such file (expected: a YAML file that can be read)")));
        } catch (CharacterCodingException e) {
            throw new ConfigException(file.toString(), List.of(new Problem("", "not UTF-8 (expected: YAML in UTF-8)")));
        } catch (IOException e) {
            throw new ConfigException(
                    file.toString(), List.of(new Problem("", e + " (expected: a YAML file that can be read)")));
        }
    }

    private static Optional<Boolean> mandatoryFlag(Map<String, String> environment, List<Problem> problems) {
        String flag = environment.get(MANDATORY_FLAG);
        if (flag == null) {
            return Optional.empty();
        }
        if (!flag.equals("true") && !flag.equals("false")) {
            problems.add(new Problem(
                    "environment variable " + MANDATORY_FLAG, "\"" + flag + "\" (expected: true or false)"));
        }
        return Optional.of(flag.equals("true"));
    }
}
