/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A plugin jar whose classes are compiled in the test. Says everything that a good plugin says, unless told otherwise. */
public final class TestPluginJar {

    private final Map<String, String> manifest = new LinkedHashMap<>();
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, String> elsewhere = new LinkedHashMap<>();
    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private final List<String> index = new ArrayList<>();
    private boolean indexed = true;

    private TestPluginJar(String id) {
        manifest.put("Plugin-Id", id);
        manifest.put("Plugin-Version", "1.0.0");
        manifest.put("Plugin-Provider", "Acme");
        manifest.put("Plugin-Requires", ">=0.1.0 & <1.0.0");
    }

    static TestPluginJar withId(String id) {
        return new TestPluginJar(id);
    }

    /** A plugin with one interceptor of that name that does nothing. */
    public static TestPluginJar withInterceptor(String id, String interceptor) {
        return withId(id).interceptor("acme.Factory", interceptor, "");
    }

    public TestPluginJar version(String version) {
        return manifest("Plugin-Version", version);
    }

    TestPluginJar manifest(String key, String value) {
        manifest.put(key, value);
        return this;
    }

    TestPluginJar withoutManifest(String key) {
        manifest.remove(key);
        return this;
    }

    TestPluginJar withoutManifest() {
        manifest.clear();
        return this;
    }

    TestPluginJar withoutIndex() {
        indexed = false;
        return this;
    }

    TestPluginJar source(String className, String source) {
        sources.put(className, source);
        return this;
    }

    /** A class that the plugin is compiled with and that is not in the jar: how another version of a shared package looked. */
    TestPluginJar compiledWith(String className, String source) {
        elsewhere.put(className, source);
        return this;
    }

    TestPluginJar extension(String className) {
        index.add(className);
        return this;
    }

    TestPluginJar entry(String path, byte[] content) {
        entries.put(path, content);
        return this;
    }

    /** What a shaded plugin would bring of a library: all but what the gateway shares. */
    TestPluginJar entriesOf(Path library) throws IOException {
        try (JarFile jar = new JarFile(library.toFile())) {
            for (JarEntry each : (Iterable<JarEntry>) jar.stream()::iterator) {
                boolean shared = SharedPackages.contains(each.getName().replace('/', '.'));
                if (!each.isDirectory() && !shared && !each.getName().startsWith("META-INF/")) {
                    try (InputStream in = jar.getInputStream(each)) {
                        entry(each.getName(), in.readAllBytes());
                    }
                }
            }
        }
        return this;
    }

    /** An indexed interceptor factory; {@code body} goes into the class. */
    TestPluginJar interceptor(String className, String name, String body) {
        return extension(className).source(className, interceptorSource(className, name, body));
    }

    static String interceptorSource(String className, String name, String body) {
        int dot = className.lastIndexOf('.');
        return """
                package %s;
                import io.gatehouse.spi.NoConfig;
                import io.gatehouse.spi.interception.*;
                public class %s implements InterceptorFactory<NoConfig> {
                    public String name() { return "%s"; }
                    public Class<NoConfig> configType() { return NoConfig.class; }
                    public Interceptor create(NoConfig config, InterceptorContext context) { return (user, on) -> {}; }
                    %s
                }
                """.formatted(className.substring(0, dot), className.substring(dot + 1), name, body);
    }

    /** The main class; {@code start} and {@code stop} are statements. */
    TestPluginJar mainClass(String constructor, String start, String stop) {
        return manifest("Plugin-Class", "acme.Main").source("acme.Main", """
                        package acme;
                        public class Main extends io.gatehouse.spi.GatewayPlugin {
                            public Main(io.gatehouse.spi.PluginContext context) { super(context); %s }
                            @Override public void start() { %s }
                            @Override public void stop() { %s }
                        }
                        """.formatted(constructor, start, stop));
    }

    /** Writes the jar in one step, readable by everyone and writable by its owner. */
    public Path writeTo(Path folder, String file) {
        Path target = folder.resolve(file);
        Path half = folder.resolve("." + file + ".half");
        try {
            Files.write(half, bytes());
            if (Files.getFileStore(half).supportsFileAttributeView("posix")) {
                Files.setPosixFilePermissions(half, PosixFilePermissions.fromString("rw-r--r--"));
            }
            return Files.move(half, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = open(bytes)) {
            for (Map.Entry<String, byte[]> each : content().entrySet()) {
                jar.putNextEntry(new JarEntry(each.getKey()));
                jar.write(each.getValue());
                jar.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private JarOutputStream open(OutputStream out) throws IOException {
        if (manifest.isEmpty()) {
            return new JarOutputStream(out);
        }
        Manifest written = new Manifest();
        written.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.forEach((key, value) -> written.getMainAttributes().putValue(key, value));
        return new JarOutputStream(out, written);
    }

    private Map<String, byte[]> content() {
        Map<String, String> units = new LinkedHashMap<>(sources);
        units.putAll(elsewhere);
        Map<String, byte[]> content = new LinkedHashMap<>(compile(units));
        elsewhere.keySet().forEach(name -> content.keySet().removeIf(path -> isOf(name, path)));
        if (indexed) {
            content.put(
                    PluginValidator.EXTENSION_INDEX, String.join("\n", index).getBytes(StandardCharsets.UTF_8));
        }
        content.putAll(entries);
        return content;
    }

    private static boolean isOf(String className, String path) {
        String type = className.replace('.', '/');
        return path.equals(type + ".class") || path.startsWith(type + "$");
    }

    /** Compiles against the test's class path; returns class files by path. */
    static Map<String, byte[]> compile(Map<String, String> sources) {
        if (sources.isEmpty()) {
            return Map.of();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        Map<String, ByteArrayOutputStream> classes = new LinkedHashMap<>();
        JavaFileManager files =
                new ForwardingJavaFileManager<JavaFileManager>(compiler.getStandardFileManager(problems, null, null)) {
                    @Override
                    public JavaFileObject getJavaFileForOutput(
                            Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
                        return new SimpleJavaFileObject(URI.create("memory:///" + name), kind) {
                            @Override
                            public OutputStream openOutputStream() {
                                return classes.computeIfAbsent(
                                        name.replace('.', '/') + ".class", path -> new ByteArrayOutputStream());
                            }
                        };
                    }
                };
        List<JavaFileObject> units = new ArrayList<>();
        sources.forEach((name, source) -> units.add(new Source(name, source)));
        List<String> options = List.of("-proc:none", "--release", "17", "-cp", System.getProperty("java.class.path"));
        if (!compiler.getTask(null, files, problems, options, null, units).call()) {
            throw new IllegalArgumentException(problems.getDiagnostics().toString());
        }
        Map<String, byte[]> compiled = new LinkedHashMap<>();
        classes.forEach((path, bytes) -> compiled.put(path, bytes.toByteArray()));
        return compiled;
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String source;

        Source(String className, String source) {
            super(URI.create("string:///" + className.replace('.', '/') + ".java"), Kind.SOURCE);
            this.source = source;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
        }
    }
}
