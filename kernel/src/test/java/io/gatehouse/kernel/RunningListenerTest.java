/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.kernel.client.ClientListener;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RunningListenerTest {

    /** A default method of the interface would answer for all listeners alike. */
    @Test
    void everyQuestionGoesToTheListenerAsItIsNow() {
        for (Method question : ClientListener.class.getMethods()) {
            assertThat(Arrays.stream(RunningListener.class.getDeclaredMethods()))
                    .as("%s", question)
                    .anyMatch(method -> method.getName().equals(question.getName())
                            && Arrays.equals(method.getParameterTypes(), question.getParameterTypes()));
        }
    }
}
