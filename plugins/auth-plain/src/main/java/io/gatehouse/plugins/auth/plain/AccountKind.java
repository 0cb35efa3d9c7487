/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.auth.plain;

import io.gatehouse.spi.resources.ResourceKind;
import java.util.List;
import org.pf4j.Extension;

/** The resource kind {@code Account}. Stateless. */
@Extension
public final class AccountKind implements ResourceKind<Account> {

    @Override
    public String kind() {
        return "Account";
    }

    @Override
    public Class<Account> specType() {
        return Account.class;
    }

    @Override
    public List<Problem> validate(String name, Account account) {
        String password = account.password();
        if (password == null) {
            return List.of();
        }
        if (password.isEmpty()) {
            return List.of(new Problem("password", "empty (expected: at least one character, or no password at all)"));
        }
        if (PasswordHash.looksLikeOne(password) && !PasswordHash.isOne(password)) {
            return List.of(new Problem(
                    "password",
                    "begins like a bcrypt hash but is none that can be used (expected: $2a$, $2b$ or $2y$, a cost from "
                            + PasswordHash.MIN_COST + " to " + PasswordHash.MAX_COST + ", and 53 characters)"));
        }
        return List.of();
    }

    /** Clear text that comes through an API is never stored; what an operator writes to a file stays as the operator wrote it. */
    @Override
    public Account beforeStoring(String name, Account account) {
        String password = account.password();
        if (password == null || PasswordHash.isOne(password)) {
            return account;
        }
        return new Account(
                PasswordHash.of(password, PasswordHash.DEFAULT_COST), account.virtualCluster(), account.enabled());
    }
}
