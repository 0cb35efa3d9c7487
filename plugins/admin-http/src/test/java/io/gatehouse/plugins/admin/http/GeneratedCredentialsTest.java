/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.admin.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedCredentialsTest {

    @TempDir
    private Path folder;

    @Test
    void theFirstStartMakesAPasswordAndTheNextOneReadsIt() throws IOException {
        AdminHttpConfig.User made = GeneratedCredentials.user(folder);
        List<String> lines = Files.readAllLines(folder.resolve(GeneratedCredentials.FILE));
        AdminHttpConfig.User read = GeneratedCredentials.user(folder);

        String password = lines.get(1).substring("password=".length());
        assertThat(lines.get(0)).isEqualTo("username=admin");
        assertThat(password).hasSize(32);
        for (AdminHttpConfig.User user : List.of(made, read)) {
            assertThat(new Passwords().matches(password, user.passwordHash().orElseThrow()))
                    .isTrue();
            assertThat(user.role()).isEqualTo(AdminHttpConfig.Role.READ_WRITE);
        }
    }

    @Test
    void aFileThatOthersCanReadOrThatHoldsAShortPasswordIsRefused() throws IOException {
        Path file = folder.resolve(GeneratedCredentials.FILE);
        Files.writeString(file, "username=admin\npassword=admin\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThatThrownBy(() -> GeneratedCredentials.user(folder)).hasMessageContaining("16 or more characters");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> GeneratedCredentials.user(folder)).hasMessageContaining("chmod 600");
    }

    @Test
    void aNameThatNobodyHasIsRefusedLikeAWrongPassword() {
        Access access = new Access(List.of(GeneratedCredentials.user(folder)), Optional.empty());

        assertThat(access.operator("Basic YWRtaW46d3Jvbmc=", Optional.empty())).isEmpty();
        assertThat(access.operator("Basic bm9ib2R5Ondyb25n", Optional.empty())).isEmpty();
        assertThat(access.operator("Digest x", Optional.empty())).isEmpty();
        assertThat(access.operator(null, Optional.empty())).isEmpty();
    }
}
