/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass.Predicates;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import org.junit.jupiter.api.Test;

/** Who may import whom: {@code wire <- broker <- routing <- interception <- client}, and the rooms beside the data plane. */
class ArchitectureTest {

    private static final String KERNEL = "io.gatehouse.kernel";

    private final JavaClasses kernel = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(KERNEL);

    @Test
    void wireKnowsOnlyBytesAndMessages() {
        forbid(
                "wire is the lowest room: whatever else it knew, every other room would inherit",
                "wire",
                "broker",
                "routing",
                "interception",
                "client",
                "identity",
                "config",
                "resources",
                "plugins",
                "operations");
    }

    @Test
    void brokerKnowsNoRouting() {
        forbid(
                "a broker connection serves whoever has one, however clients came",
                "broker",
                "routing",
                "interception",
                "client");
    }

    @Test
    void routingKnowsNoInterception() {
        forbid("addresses are rewritten whatever the chain", "routing", "interception", "client");
    }

    @Test
    void interceptionKnowsNoClientConnections() {
        forbid(
                "a chain is run by a connection and gets what it needs as interfaces of its own",
                "interception",
                "client");
    }

    @Test
    void identityUsesOnlyTheSpiAndRegularExpressions() {
        ArchRuleDefinition.classes()
                .that()
                .resideInAPackage(KERNEL + ".identity..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        KERNEL + ".identity..",
                        "io.gatehouse.spi..",
                        "com.google.re2j..",
                        "java..",
                        "org.slf4j..",
                        "org.jspecify..")
                .because("who somebody is must not depend on how the bytes came or where mappings are stored")
                .allowEmptyShould(true)
                .check(kernel);
    }

    @Test
    void pluginHostingKnowsNoDataPlane() {
        forbid("plugins are loaded without a connection in sight", "plugins", "wire", "broker", "routing", "client");
    }

    @Test
    void resourcesKnowNoDataPlane() {
        forbid(
                "resources are data that the data plane reads",
                "resources",
                "wire",
                "broker",
                "routing",
                "interception",
                "client");
    }

    @Test
    void configKnowsNoOtherRoom() {
        forbid(
                "configuration is bound before anything runs",
                "config",
                "wire",
                "broker",
                "routing",
                "interception",
                "client",
                "identity",
                "resources",
                "plugins",
                "operations");
    }

    @Test
    void operationsKnowNoDataPlane() {
        forbid(
                "rooms report to operations, which asks nobody",
                "operations",
                "wire",
                "broker",
                "routing",
                "interception",
                "client");
    }

    @Test
    void nothingButTheRootImportsClient() {
        noClasses()
                .that()
                .resideOutsideOfPackages(KERNEL, KERNEL + ".client..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(KERNEL + ".client..")
                .because("client is the topmost room of the data plane")
                .allowEmptyShould(true)
                .check(kernel);
    }

    @Test
    void onlyTheRootWires() {
        noClasses()
                .that()
                .resideInAPackage(KERNEL + ".*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(KERNEL)
                .because("the root wires all rooms, so no room may know it")
                .allowEmptyShould(true)
                .check(kernel);
    }

    @Test
    void onlyTheDataPlaneUsesNetty() {
        noClasses()
                .that()
                .resideInAnyPackage(rooms("config", "resources", "identity", "operations", "plugins"))
                .should()
                .dependOnClassesThat(Predicates.resideInAPackage("io.netty.."))
                .because("buffers and channels belong to the data plane")
                .allowEmptyShould(true)
                .check(kernel);
    }

    private void forbid(String reason, String room, String... others) {
        noClasses()
                .that()
                .resideInAPackage(KERNEL + "." + room + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(rooms(others))
                .because(reason)
                .allowEmptyShould(true)
                .check(kernel);
    }

    private static String[] rooms(String... names) {
        String[] packages = new String[names.length];
        for (int index = 0; index < names.length; index++) {
            packages[index] = KERNEL + "." + names[index] + "..";
        }
        return packages;
    }
}
