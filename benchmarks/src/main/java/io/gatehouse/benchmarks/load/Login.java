/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.benchmarks.load;

import io.gatehouse.benchmarks.target.Target;
import io.gatehouse.kafka.raw.RawKafkaClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** What a client does first: ApiVersions, and SASL/PLAIN where the target wants it. */
final class Login {

    private Login() {}

    /** The requests, one after the other. */
    static List<byte[]> requests(Target target) {
        List<byte[]> requests = new ArrayList<>(List.of(Frames.apiVersions()));
        target.credentials().ifPresent(credentials -> {
            requests.add(Frames.saslHandshake());
            requests.add(Frames.saslAuthenticate(credentials.user(), credentials.password()));
        });
        return requests;
    }

    /** Connects and logs in. */
    static RawKafkaClient connect(Target target) throws IOException {
        RawKafkaClient client = RawKafkaClient.connect("127.0.0.1", target.nodePort());
        try {
            byte[] last = new byte[0];
            for (byte[] request : requests(target)) {
                client.send(request);
                last = client.readFrame();
            }
            if (target.credentials().isPresent()) {
                SaslAuthenticateResponseData answer =
                        RawKafkaClient.parse(last, ApiKeys.SASL_AUTHENTICATE, 2, Frames.CORRELATION_ID);
                if (answer.errorCode() != Errors.NONE.code()) {
                    throw new IOException(target.name() + ": login: " + answer.errorMessage());
                }
            }
            return client;
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }
}
