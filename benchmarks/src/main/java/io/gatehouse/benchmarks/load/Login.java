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
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * What a client does first: ApiVersions, SASL/PLAIN where the target wants it, and Metadata, after which a gateway knows the user and has its
 * broker connection.
 */
final class Login {

    static final String HOST = "127.0.0.1";

    private Login() {}

    /** The requests, one after the other. */
    static List<byte[]> requests(Target target) {
        List<byte[]> requests = new ArrayList<>(List.of(Frames.apiVersions()));
        target.credentials().ifPresent(credentials -> {
            requests.add(Frames.saslHandshake());
            requests.add(Frames.saslAuthenticate(credentials.user(), credentials.password()));
        });
        requests.add(Frames.metadata());
        return requests;
    }

    /** Connects, and does all of it. A login that is refused shows as a connection that is closed. */
    static RawKafkaClient connect(Target target) throws IOException {
        RawKafkaClient client = target.tls().isPresent()
                ? RawKafkaClient.connect(HOST, target.nodePort(), target.tls().get())
                : RawKafkaClient.connect(HOST, target.nodePort());
        try {
            byte[] answer = new byte[0];
            for (byte[] request : requests(target)) {
                client.send(request);
                answer = client.readFrame();
            }
            MetadataResponseData metadata = RawKafkaClient.parse(answer, ApiKeys.METADATA, 12, Frames.CORRELATION_ID);
            if (metadata.brokers().isEmpty()) {
                throw new IOException(target.name() + ": brokers in the metadata: none (expected: one)");
            }
            return client;
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }
}
