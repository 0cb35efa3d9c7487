/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.admin.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.plugins.admin.http.AdminHttpConfig.Role;
import io.gatehouse.plugins.admin.http.AdminHttpConfig.User;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AccessTest {

    private static final int CHEAP = 4;
    private static final int DEAR = 9;

    private final Access access = new Access(
            List.of(
                    user("cheap", Optional.of(Passwords.hash("right", CHEAP)), Optional.empty()),
                    user("dear", Optional.of(Passwords.hash("right", DEAR)), Optional.empty()),
                    user("certified", Optional.empty(), Optional.of("CN=certified"))),
            Optional.empty());

    private static User user(String name, Optional<String> hash, Optional<String> certificate) {
        return new User(name, hash, certificate, Role.READ_ONLY);
    }

    private Optional<Operator> login(String name, String password) {
        String encoded = Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
        return access.operator("Basic " + encoded, Optional.empty());
    }

    @Test
    void whoHasThePasswordIsKnown() {
        assertThat(login("cheap", "right")).contains(new Operator("cheap", Role.READ_ONLY));
        assertThat(login("dear", "right")).contains(new Operator("dear", Role.READ_ONLY));
        assertThat(login("dear", "wrong")).isEmpty();
        assertThat(login("nobody", "nobody")).isEmpty();
        assertThat(login("certified", "")).isEmpty();
    }

    @Test
    void theTimeOfARefusalSaysNothingOfTheUser() throws Exception {
        Timing.assertAlike(List.of(
                () -> login("cheap", "wrong"),
                () -> login("dear", "wrong"),
                () -> login("certified", "wrong"),
                () -> login("nobody", "wrong")));
    }
}
