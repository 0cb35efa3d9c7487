/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.kernel.broker.BrokerConnector.OpenConnection;
import io.gatehouse.kernel.wire.Codec;
import io.netty.channel.EventLoop;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With a broker of its own, which is every group's coordinator, and counts the connections on which it is asked for groups. */
@Timeout(30)
class GroupCoordinatorsTest {

    private static final Duration IDLE = Duration.ofMillis(400);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Transport transport = new Transport(1);
    private final EventLoop loop = transport.nextLoop();
    private final BrokerConnector connector =
            new BrokerConnector(transport, new Codec(), Map.of(), Duration.ofSeconds(5), threads);
    private final AtomicInteger asking = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger();
    private volatile CountDownLatch answering = new CountDownLatch(0);
    private ServerSocket server;
    private CompletableFuture<OpenConnection> any;
    private GroupCoordinators coordinators;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
        any = connector.open(loop, "127.0.0.1", server.getLocalPort(), null, true);
        coordinators =
                new GroupCoordinators(connector, loop, () -> any, new GroupProblems("local", System::nanoTime), IDLE);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        connector.close();
        transport.close();
        threads.shutdownNow();
    }

    @Test
    void aCoordinatorIsAskedOnOneConnectionWhileThereIsSomethingToAsk() throws Exception {
        long end = System.nanoTime() + 3 * IDLE.toNanos();
        while (System.nanoTime() < end) {
            assertThat(exists("present")).isTrue();
            assertThat(exists("absent")).isFalse();
        }

        assertThat(asking).hasValue(1);
        assertThat(left).hasValue(0);
    }

    @Test
    void theConnectionIsClosedWhenNothingIsAskedForAWhileAndOpenedAgainForTheNextQuestion() throws Exception {
        exists("present");
        await().until(() -> left.get() == 1);

        assertThat(exists("present")).isTrue();
        assertThat(asking).hasValue(2);
    }

    /** It answers late, but the connection is not taken from under it. */
    @Test
    void aConnectionWithAQuestionIsNotIdle() throws Exception {
        answering = new CountDownLatch(1);
        GroupQuestion question = new GroupQuestion("present");
        coordinators.ask(List.of(question));
        await().during(IDLE.multipliedBy(3)).until(() -> left.get() == 0);
        answering.countDown();

        assertThat(question.answer().get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(asking).hasValue(1);
        assertThat(left).hasValue(0);
        await().until(() -> left.get() == 1);
    }

    private boolean exists(String groupId) throws Exception {
        GroupQuestion question = new GroupQuestion(groupId);
        coordinators.ask(List.of(question));
        return question.answer().get(10, TimeUnit.SECONDS);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                threads.execute(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        boolean asked = false;
        try (socket;
                DataInputStream in = new DataInputStream(socket.getInputStream());
                DataOutputStream out = new DataOutputStream(socket.getOutputStream())) {
            while (true) {
                byte[] frame = new byte[in.readInt()];
                in.readFully(frame);
                ByteBuffer bytes = ByteBuffer.wrap(frame);
                RequestHeader header = RequestHeader.parse(bytes);
                ApiMessage request = header.apiKey().messageType.newRequest();
                request.read(new ByteBufferAccessor(bytes), header.apiVersion());
                if (header.apiKey() == ApiKeys.DESCRIBE_GROUPS) {
                    if (!asked) {
                        asked = true;
                        asking.incrementAndGet();
                    }
                    answering.await();
                }
                write(out, header, answer(header.apiKey(), request));
            }
        } catch (IOException | InterruptedException e) {
            if (asked) {
                left.incrementAndGet();
            }
        }
    }

    private ApiMessage answer(ApiKeys api, ApiMessage request) {
        return switch (api) {
            case API_VERSIONS -> {
                ApiVersionsResponseData versions = new ApiVersionsResponseData();
                List.of(ApiKeys.API_VERSIONS, ApiKeys.FIND_COORDINATOR, ApiKeys.DESCRIBE_GROUPS)
                        .forEach(known -> versions.apiKeys()
                                .add(new ApiVersion()
                                        .setApiKey(known.id)
                                        .setMinVersion(known.oldestVersion())
                                        .setMaxVersion(known.latestVersion())));
                yield versions;
            }
            case FIND_COORDINATOR ->
                new FindCoordinatorResponseData()
                        .setCoordinators(((FindCoordinatorRequestData) request)
                                .coordinatorKeys().stream()
                                        .map(key -> new Coordinator()
                                                .setKey(key)
                                                .setNodeId(1)
                                                .setHost("127.0.0.1")
                                                .setPort(server.getLocalPort()))
                                        .toList());
            case DESCRIBE_GROUPS ->
                new DescribeGroupsResponseData()
                        .setGroups(((DescribeGroupsRequestData) request)
                                .groups().stream()
                                        .map(group -> new DescribedGroup()
                                                .setGroupId(group)
                                                .setGroupState(group.equals("present") ? "Stable" : "Dead"))
                                        .toList());
            default -> throw new IllegalArgumentException(api.name);
        };
    }

    private static void write(DataOutputStream out, RequestHeader header, ApiMessage response) {
        short headerVersion = header.apiKey().responseHeaderVersion(header.apiVersion());
        ByteBufferAccessor head = MessageUtil.toByteBufferAccessor(
                new ResponseHeaderData().setCorrelationId(header.correlationId()), headerVersion);
        ByteBufferAccessor body = MessageUtil.toByteBufferAccessor(response, header.apiVersion());
        byte[] frame = new byte[head.buffer().remaining() + body.buffer().remaining()];
        int headBytes = head.buffer().remaining();
        head.buffer().get(frame, 0, headBytes);
        body.buffer().get(frame, headBytes, frame.length - headBytes);
        try {
            out.writeInt(frame.length);
            out.write(frame);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
