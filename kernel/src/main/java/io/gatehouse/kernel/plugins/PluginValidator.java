/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.pf4j.ManifestPluginDescriptorFinder;
import org.pf4j.processor.ExtensionStorage;

/** Everything that can be known about a jar without running any of its code. */
final class PluginValidator {

    static final String EXTENSION_INDEX = "META-INF/extensions.idx";

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final Pattern VERSIONED_ENTRY = Pattern.compile("META-INF/versions/(\\d{1,4})/(.+)");
    private static final int CLASS_FILE_MAGIC = 0xCAFEBABE;
    /** A class file's major version minus this is the Java version that it needs. */
    private static final int MAJOR_VERSION_BASE = 44;

    private final SpiVersion spi;
    private final int javaVersion;
    private final LinkageCheck linkage;
    private final VerifiedJars verified;

    PluginValidator(SpiVersion spi, int javaVersion, LinkageCheck linkage, VerifiedJars verified) {
        this.spi = spi;
        this.javaVersion = javaVersion;
        this.linkage = linkage;
        this.verified = verified;
    }

    PluginManifest validate(StagedJar jar) throws PluginRejectedException {
        try (ZipFile zip = new ZipFile(jar.path().toFile())) {
            Optional<List<String>> known = verified.warnings(jar.hash());
            if (known.isPresent()) {
                return manifest(descriptor(zip), zip).withWarnings(known.get());
            }
            List<String> classFiles = readEveryEntry(zip);
            PluginManifest manifest = manifest(descriptor(zip), zip);
            refuseSharedPackages(classFiles);
            List<String> warnings = linkage.check(jar, manifest.roots());
            verified.add(jar.hash(), warnings);
            return manifest.withWarnings(warnings);
        } catch (IOException e) {
            throw new PluginRejectedException(
                    RejectionCode.CORRUPT, "not a readable jar, or only half copied: " + e.getMessage(), e);
        }
    }

    private List<String> readEveryEntry(ZipFile zip) throws IOException, PluginRejectedException {
        List<String> classFiles = new ArrayList<>();
        for (ZipEntry entry : zip.stream().toList()) {
            byte[] head = readFully(zip, entry);
            String classFile = classFileThatCounts(entry.getName());
            if (classFile != null) {
                requireJava(entry.getName(), head);
                classFiles.add(classFile);
            }
        }
        return classFiles;
    }

    /** Reads an entry to its end, checking what the zip says about it; returns its first 8 bytes. */
    private static byte[] readFully(ZipFile zip, ZipEntry entry) throws IOException {
        CRC32 crc = new CRC32();
        try (InputStream in = new CheckedInputStream(zip.getInputStream(entry), crc)) {
            byte[] head = in.readNBytes(8);
            in.transferTo(OutputStream.nullOutputStream());
            if (crc.getValue() != entry.getCrc()) {
                throw new ZipException(entry.getName() + ": checksum differs");
            }
            return head;
        }
    }

    /** The class file's path without the prefix of multi-release jars; null when this JVM would not look at it. */
    private @Nullable String classFileThatCounts(String entry) {
        if (!entry.endsWith(".class")) {
            return null;
        }
        Matcher versioned = VERSIONED_ENTRY.matcher(entry);
        if (!versioned.matches()) {
            return entry;
        }
        return Integer.parseInt(versioned.group(1)) <= javaVersion ? versioned.group(2) : null;
    }

    private void requireJava(String entry, byte[] head) throws IOException, PluginRejectedException {
        if (head.length < 8 || ByteBuffer.wrap(head).getInt() != CLASS_FILE_MAGIC) {
            throw new ZipException(entry + ": not a class file");
        }
        int needed = ByteBuffer.wrap(head).getShort(6) - MAJOR_VERSION_BASE;
        if (needed > javaVersion) {
            throw new PluginRejectedException(
                    RejectionCode.CLASS_FILES_TOO_NEW,
                    entry + " needs Java " + needed + " (expected: at most " + javaVersion
                            + ", which runs this gateway)");
        }
    }

    private static Attributes descriptor(ZipFile zip) throws IOException, PluginRejectedException {
        ZipEntry entry = zip.getEntry(JarFile.MANIFEST_NAME);
        if (entry == null) {
            throw new PluginRejectedException(
                    RejectionCode.NO_DESCRIPTOR,
                    JarFile.MANIFEST_NAME + ": missing (expected: with Plugin-Id and the other entries)");
        }
        try (InputStream in = zip.getInputStream(entry)) {
            Attributes attributes = new Manifest(in).getMainAttributes();
            if (attributes.keySet().stream().noneMatch(key -> key.toString().startsWith("Plugin-"))) {
                throw new PluginRejectedException(
                        RejectionCode.NO_DESCRIPTOR,
                        JarFile.MANIFEST_NAME
                                + ": no Plugin- entries (expected: Plugin-Id and the others of a plugin)");
            }
            return attributes;
        }
    }

    private PluginManifest manifest(Attributes descriptor, ZipFile zip) throws IOException, PluginRejectedException {
        String id = value(descriptor, ManifestPluginDescriptorFinder.PLUGIN_ID);
        if (!ID.matcher(id).matches()) {
            throw new PluginRejectedException(
                    RejectionCode.BAD_ID,
                    "Plugin-Id: \"" + id + "\" (expected: 1 to 100 letters, digits, dots, dashes or underscores)");
        }
        String version = value(descriptor, ManifestPluginDescriptorFinder.PLUGIN_VERSION);
        if (!SpiVersion.isSemver(version)) {
            throw new PluginRejectedException(
                    RejectionCode.BAD_VERSION, "Plugin-Version: \"" + version + "\" (expected: semver such as 1.2.3)");
        }
        String provider = value(descriptor, ManifestPluginDescriptorFinder.PLUGIN_PROVIDER);
        if (provider.isEmpty()) {
            throw new PluginRejectedException(
                    RejectionCode.NO_PROVIDER, "Plugin-Provider: missing (expected: who made the plugin)");
        }
        String requires = value(descriptor, ManifestPluginDescriptorFinder.PLUGIN_REQUIRES);
        spi.require(requires);
        String dependencies = value(descriptor, ManifestPluginDescriptorFinder.PLUGIN_DEPENDENCIES);
        if (!dependencies.isEmpty()) {
            throw new PluginRejectedException(
                    RejectionCode.HAS_DEPENDENCIES,
                    "Plugin-Dependencies: " + dependencies + " (expected: none; plugins do not depend on each other)");
        }
        String mainClass = value(descriptor, ManifestPluginDescriptorFinder.PLUGIN_CLASS);
        return new PluginManifest(
                id,
                version,
                provider,
                requires,
                mainClass.isEmpty() ? null : mainClass,
                extensionIndex(zip),
                List.of());
    }

    private static String value(Attributes descriptor, String name) {
        String value = descriptor.getValue(name);
        return value == null ? "" : value.strip();
    }

    private static List<String> extensionIndex(ZipFile zip) throws IOException, PluginRejectedException {
        ZipEntry entry = zip.getEntry(EXTENSION_INDEX);
        Set<String> classes = new LinkedHashSet<>();
        if (entry != null) {
            try (Reader reader = new InputStreamReader(zip.getInputStream(entry), StandardCharsets.UTF_8)) {
                ExtensionStorage.read(reader, classes);
            }
        }
        if (classes.isEmpty()) {
            throw new PluginRejectedException(
                    RejectionCode.NO_EXTENSION_INDEX,
                    EXTENSION_INDEX + ": " + (entry == null ? "missing" : "empty")
                            + " (expected: the classes annotated with @Extension; PF4J's annotation processor writes it)");
        }
        return List.copyOf(classes);
    }

    private static void refuseSharedPackages(List<String> classFiles) throws PluginRejectedException {
        for (String classFile : classFiles) {
            String className = classFile
                    .substring(0, classFile.length() - ".class".length())
                    .replace('/', '.');
            if (SharedPackages.contains(className) || className.startsWith("java.")) {
                throw new PluginRejectedException(
                        RejectionCode.BUNDLES_SHARED_PACKAGE,
                        "bundles " + className
                                + ", which the gateway provides (set scope provided for gatehouse-spi, and exclude"
                                + " what it brings from other dependencies)");
            }
        }
    }
}
