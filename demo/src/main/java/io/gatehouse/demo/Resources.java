/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.demo;

/** The resource files that the quickstart writes. */
final class Resources {

    private Resources() {}

    static String user(String name, String password) {
        return """
                apiVersion: gatehouse/v1
                kind: Account
                metadata: {name: %1$s}
                spec: {password: %2$s}
                ---
                apiVersion: gatehouse/v1
                kind: UserMapping
                metadata: {name: %1$s}
                spec: {principal: %1$s, username: %1$s, groups: [guests]}
                """.formatted(name, password);
    }

    static String interceptorFor(String username) {
        return """
                apiVersion: gatehouse/v1
                kind: Interceptor
                metadata: {name: stamp-%1$s}
                spec:
                  type: starter
                  scope: {username: %1$s}
                  config:
                    header: x-gatehouse-user
                    topicPattern: "[a-z0-9.-]+"
                """.formatted(username);
    }
}
