/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.interception;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.spi.interception.Decision;
import io.gatehouse.spi.records.FetchedRecordsHandler;
import io.gatehouse.spi.records.InterceptedRecord;
import io.gatehouse.spi.records.ProducedRecordsHandler;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What record handlers see and change, as a broker or client would read it. */
class RecordsTest {

    private static final Uuid ID = Uuid.randomUuid();

    private TestChain chain = new TestChain();

    // ---- produced

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void aChangedBatchKeepsItsCompressionAndWhatWasNotChanged(CompressionType type) {
        MemoryRecords records = MemoryRecords.withRecords(
                Compression.of(type).build(),
                new SimpleRecord(11, bytes("k1"), bytes("v1"), header("h", "1")),
                new SimpleRecord(12, null, bytes("v2"), new Header[0]),
                new SimpleRecord(13, bytes("k3"), null, header("h", "3")));

        MemoryRecords result = produced(
                produce("orders", records),
                (batch, context) -> batch.forEach(
                        record -> record.addHeader("user", bytes(context.user().username()))));

        RecordBatch batch = only(result);
        assertThat(batch.compressionType()).isEqualTo(type);
        assertThat(batch.isValid()).isTrue();
        assertThat(batch.lastOffset()).isEqualTo(2);
        assertThat(batch.countOrNull()).isEqualTo(3);
        assertThat(read(result))
                .containsExactly(
                        "0 11 k1=v1 {h=1, user=alice}", "1 12 null=v2 {user=alice}", "2 13 k3=null {h=3, user=alice}");
    }

    @Test
    void everythingOfARecordCanBeReadAndChanged() {
        MemoryRecords records = MemoryRecords.withRecords(
                Compression.NONE, new SimpleRecord(1, bytes("key"), bytes("value"), new Header[] {
                    new RecordHeader("a", bytes("1")), new RecordHeader("b", bytes("2")), new RecordHeader("a", null)
                }));

        MemoryRecords result = produced(produce("orders", records), (batch, context) -> {
            assertThat(batch.topic()).isEqualTo("orders");
            assertThat(batch.partition()).isZero();
            assertThat(context.clientId()).isEqualTo("client");
            assertThat(context.connection()).isSameAs(chain.host);
            InterceptedRecord record = batch.iterator().next();
            assertThat(record.offset()).isZero();
            assertThat(record.timestamp()).isEqualTo(1);
            assertThat(text(record.key())).isEqualTo("key");
            assertThat(text(record.value())).isEqualTo("value");
            assertThat(record.key().isReadOnly()).isTrue();
            assertThat(record.headers()).hasSize(3);
            record.setKey(null);
            record.setValue(ByteBuffer.wrap(bytes("__new__"), 2, 3));
            record.setHeader("a", bytes("9"));
            record.removeHeaders("b");
            record.addHeader("c", null);
            assertThat(text(record.value())).isEqualTo("new");
        });

        assertThat(read(result)).containsExactly("0 1 null=new {a=9, c=null}");
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void idempotentAndTransactionalBatchesKeepTheirProducerState(CompressionType type) {
        MemoryRecords idempotent = MemoryRecords.withIdempotentRecords(
                Compression.of(type).build(), 77L, (short) 3, 500, record("a"), record("b"));
        MemoryRecords transactional = MemoryRecords.withTransactionalRecords(
                Compression.of(type).build(), 78L, (short) 4, 600, record("a"), record("b"));

        for (MemoryRecords records : List.of(idempotent, transactional)) {
            RecordBatch before = only(records);
            RecordBatch after = only(produced(produce("orders", records), stamping()));

            assertThat(after.producerId()).isEqualTo(before.producerId());
            assertThat(after.producerEpoch()).isEqualTo(before.producerEpoch());
            assertThat(after.baseSequence()).isEqualTo(before.baseSequence());
            assertThat(after.lastSequence()).isEqualTo(before.lastSequence());
            assertThat(after.isTransactional()).isEqualTo(before.isTransactional());
            assertThat(after.baseOffset()).isEqualTo(before.baseOffset());
            assertThat(after.lastOffset()).isEqualTo(before.lastOffset());
            assertThat(after.timestampType()).isEqualTo(TimestampType.CREATE_TIME);
            assertThat(after.maxTimestamp()).isEqualTo(before.maxTimestamp());
        }
    }

    @Test
    void lookingAloneForwardsTheVeryBytes() {
        ProduceRequestData request =
                produce("orders", MemoryRecords.withRecords(Compression.gzip().build(), record("a")));
        BaseRecords before = records(request);

        request(request, (batch, context) -> batch.forEach(record -> record.removeHeaders("not there")));

        assertThat(chain.events).containsExactly("forward");
        assertThat(records(request)).isSameAs(before);
    }

    @Test
    void onlyTheBatchesThatWereChangedAreWrittenAgain() {
        MemoryRecords first = MemoryRecords.withRecords(Compression.gzip().build(), record("a"), record("b"));
        MemoryRecords second = MemoryRecords.withRecords(5L, Compression.lz4().build(), record("c"));
        MemoryRecords both = concatenated(first, second);

        MemoryRecords result = produced(
                produce("orders", both),
                (batch, context) -> batch.forEach(record -> {
                    if (text(record.value()).equals("c")) {
                        record.setValue(ByteBuffer.wrap(bytes("changed")));
                    }
                }));

        assertThat(result.buffer().slice(0, first.sizeInBytes())).isEqualTo(first.buffer());
        assertThat(read(result))
                .extracting(line -> line.replaceAll("^(\\d+) .*=(\\S+) .*", "$1 $2"))
                .containsExactly("0 a", "1 b", "5 changed");
    }

    @Test
    void topicsAreNamedByTheirIdWhereOnlyThatStandsInTheRequest() {
        List<@Nullable String> names = new ArrayList<>();
        ProduceRequestData known = produce("", MemoryRecords.withRecords(Compression.NONE, record("a")));
        known.topicData().iterator().next().setTopicId(ID);
        ProduceRequestData unknown = known.duplicate();
        unknown.topicData().iterator().next().setTopicId(Uuid.randomUuid());
        chain.host.names.put(ID, "orders");

        chain.then(on -> on.producedRecords((batch, context) -> names.add(batch.topic())));
        chain.request(ApiKeys.PRODUCE, known);
        chain.request(ApiKeys.PRODUCE, unknown);

        assertThat(names).containsExactly("orders");
        assertThat(lines((ProduceResponseData) chain.outcome))
                .singleElement()
                .asString()
                .contains("UNKNOWN_TOPIC_ID");
    }

    @Test
    void namesThatTheGatewayDoesNotKnowYetAreAskedForBeforeTheHandlerRuns() {
        List<String> names = new ArrayList<>();
        CompletableFuture<Map<Uuid, String>> asked = new CompletableFuture<>();
        chain.host.asked = asked;
        ProduceRequestData request = produce("", MemoryRecords.withRecords(Compression.NONE, record("a")));
        request.topicData().iterator().next().setTopicId(ID);
        chain.then(on -> on.producedRecords((batch, context) -> names.add(batch.topic())));

        chain.request(ApiKeys.PRODUCE, request);
        assertThat(chain.events).isEmpty();
        chain.host.names.put(ID, "orders");
        asked.complete(Map.of(ID, "orders"));

        assertThat(chain.events).containsExactly("forward");
        assertThat(names).containsExactly("orders");
    }

    @Test
    void recordsThatCannotBeNamedAreNotShownToTheClient() {
        FetchResponseData response = fetchResponse("", MemoryRecords.withRecords(Compression.NONE, record("a")));
        response.responses().get(0).setTopicId(ID);

        fetchWith(response, (batch, context) -> {
            throw new IllegalStateException("shown");
        });

        FetchResponseData.PartitionData partition =
                response.responses().get(0).partitions().get(0);
        assertThat(chain.events).containsExactly("forward", "respond changed");
        assertThat(partition.errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
        assertThat(partition.records().sizeInBytes()).isZero();
    }

    @Test
    void aRejectedPartitionIsTakenOutAndMergedIntoTheResponse() {
        ProduceRequestData request = new ProduceRequestData().setAcks((short) -1);
        request.topicData().add(topic("orders", partition(0, "good"), partition(1, "bad")));
        request.topicData().add(topic("secrets", partition(0, "bad")));

        Exchange exchange = request(request, (batch, context) -> {
            if (text(batch.iterator().next().value()).equals("bad")) {
                batch.reject("no " + batch.topic());
            }
        });

        assertThat(chain.events).containsExactly("forward changed");
        assertThat(request.topicData()).hasSize(1);
        assertThat(request.topicData().find("orders", Uuid.ZERO_UUID).partitionData())
                .extracting(PartitionProduceData::index)
                .containsExactly(0);
        ProduceResponseData response = new ProduceResponseData();
        response.responses()
                .add(new TopicProduceResponse()
                        .setName("orders")
                        .setPartitionResponses(
                                new ArrayList<>(List.of(new PartitionProduceResponse().setBaseOffset(40)))));
        exchange.response(response);
        assertThat(chain.events).containsExactly("forward changed", "respond changed");
        assertThat(lines(response))
                .containsExactlyInAnyOrder(
                        "orders-0 NONE 40 null",
                        "orders-1 POLICY_VIOLATION -1 no orders",
                        "secrets-0 POLICY_VIOLATION -1 no secrets");
    }

    @Test
    void rejectionsAreMergedUnderTheNameThatTheRejectingInterceptorSaw() {
        ProduceRequestData request = new ProduceRequestData().setAcks((short) -1);
        request.topicData().add(topic("orders", partition(0, "good"), partition(1, "bad")));
        chain.then(on -> on.producedRecords((batch, context) -> {
            if (batch.partition() == 1) {
                batch.reject("no");
            }
        }));
        chain.then(on -> {
            on.request(ApiKeys.PRODUCE, ProduceRequestData.class, (inner, context) -> {
                inner.topicData().forEach(topic -> topic.setName("team-a." + topic.name()));
                return Decision.forward(inner);
            });
            on.response(ApiKeys.PRODUCE, ProduceResponseData.class, (response, context) -> {
                response.responses().forEach(topic -> topic.setName(topic.name().substring(7)));
                return Decision.forward(response);
            });
        });

        Exchange exchange = chain.request(ApiKeys.PRODUCE, request);
        ProduceResponseData response = new ProduceResponseData();
        response.responses()
                .add(new TopicProduceResponse()
                        .setName("team-a.orders")
                        .setPartitionResponses(new ArrayList<>(List.of(new PartitionProduceResponse()))));
        exchange.response(response);

        assertThat(lines(response))
                .containsExactlyInAnyOrder("orders-0 NONE 0 null", "orders-1 POLICY_VIOLATION -1 no");
    }

    @Test
    void nothingIsForwardedWhenNothingIsLeft() {
        ProduceRequestData request = new ProduceRequestData().setAcks((short) 1);
        TopicProduceData byId = topic("", partition(2, "bad"));
        byId.setTopicId(ID);
        request.topicData().add(byId);
        chain.host.names.put(ID, "orders");

        request(request, (batch, context) -> batch.reject("no"));

        assertThat(chain.events).containsExactly("answer");
        ProduceResponseData response = (ProduceResponseData) chain.outcome;
        assertThat(response.responses().find("", ID).partitionResponses())
                .extracting(PartitionProduceResponse::index, PartitionProduceResponse::errorCode)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(2, Errors.POLICY_VIOLATION.code()));
    }

    @Test
    void rejectedRecordsAreNamedByTheirPositions() {
        ProduceRequestData request =
                produce("orders", MemoryRecords.withRecords(Compression.NONE, record("a"), record("b"), record("c")));

        request(
                request,
                (batch, context) -> batch.forEach(record -> {
                    if (record.offset() > 0) {
                        batch.reject(record, "no " + text(record.value()));
                    }
                }));

        PartitionProduceResponse partition = ((ProduceResponseData) chain.outcome)
                .responses()
                .find("orders", Uuid.ZERO_UUID)
                .partitionResponses()
                .get(0);
        assertThat(Errors.forCode(partition.errorCode())).isEqualTo(Errors.INVALID_RECORD);
        assertThat(partition.recordErrors())
                .extracting(error -> error.batchIndex() + " " + error.batchIndexErrorMessage())
                .containsExactly("1 no b", "2 no c");
    }

    @Test
    void aRejectionWithAcksZeroCloses() {
        ProduceRequestData request = produce("orders", MemoryRecords.withRecords(Compression.NONE, record("a")))
                .setAcks((short) 0);
        chain.then(on -> on.producedRecords((batch, context) -> batch.reject("no")));

        chain.exchange(ApiKeys.PRODUCE, false).request(request);

        assertThat(chain.events).containsExactly("close: PRODUCE with acks=0 refused: POLICY_VIOLATION: no");
    }

    static Stream<MemoryRecords> corrupt() {
        MemoryRecords wrongChecksum = MemoryRecords.withRecords(Compression.NONE, record("aaaa"));
        wrongChecksum.buffer().put(wrongChecksum.sizeInBytes() - 3, (byte) 'b');
        MemoryRecords wrongLength = MemoryRecords.withRecords(Compression.NONE, record("aaaa"));
        wrongLength.buffer().putInt(8, 3);
        return Stream.of(wrongChecksum, wrongLength, wrongContent());
    }

    /** Its checksum is right, its records are not: a client can send that. */
    private static MemoryRecords wrongContent() {
        MemoryRecords records = MemoryRecords.withRecords(Compression.gzip().build(), record("aaaa"));
        ByteBuffer buffer = records.buffer();
        buffer.put(61, (byte) 0);
        java.util.zip.Checksum checksum = new java.util.zip.CRC32C();
        ByteBuffer covered = buffer.duplicate();
        covered.position(21);
        checksum.update(covered);
        buffer.putInt(17, (int) checksum.getValue());
        return records;
    }

    @ParameterizedTest
    @MethodSource("corrupt")
    void aCorruptProducedBatchIsRefusedAsKafkaDoesAndNotBlamedOnThePolicy(MemoryRecords records) {
        request(produce("orders", records), (batch, context) -> batch.forEach(record -> {}));

        assertThat(chain.events).containsExactly("answer");
        assertThat(lines((ProduceResponseData) chain.outcome))
                .singleElement()
                .asString()
                .contains("CORRUPT_MESSAGE");
        assertThat(chain.type.get(0).failures).isEmpty();
    }

    @Test
    void aBatchThatUnpacksBeyondReasonIsRefusedWithoutBeingHeld() {
        byte[] zeros = new byte[1024 * 1024];
        SimpleRecord[] bomb = Stream.generate(() -> new SimpleRecord(1, null, zeros))
                .limit(101)
                .toArray(SimpleRecord[]::new);

        request(
                produce("orders", MemoryRecords.withRecords(Compression.zstd().build(), bomb)),
                (batch, context) -> batch.forEach(record -> {}));

        assertThat(lines((ProduceResponseData) chain.outcome))
                .containsExactly("orders-0 MESSAGE_TOO_LARGE -1 a batch that unpacks to more than 104857600 bytes");
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void droppedRecordsLeaveABatchWithoutGapsAndAnOffsetThatIsUnknown(CompressionType type) {
        ProduceRequestData request = produce(
                "orders",
                MemoryRecords.withRecords(
                        Compression.of(type).build(), record("a"), record("b"), record("c"), record("d")));

        Exchange exchange = request(request, dropping("[ac]"));

        MemoryRecords left = (MemoryRecords) records(request);
        assertThat(only(left).compressionType()).isEqualTo(type);
        assertThat(only(left).baseOffset()).isZero();
        assertThat(only(left).lastOffset()).isEqualTo(1);
        assertThat(only(left).countOrNull()).isEqualTo(2);
        assertThat(only(left).isValid()).isTrue();
        assertThat(offsetsAndValues(left)).containsExactly("0 b", "1 d");
        ProduceResponseData response = response(new PartitionProduceResponse().setBaseOffset(40));
        exchange.response(response);
        assertThat(lines(response)).containsExactly("orders-0 NONE -1 null");
    }

    @Test
    void positionsInAnErrorOfTheBrokerAreThoseThatTheClientKnows() {
        ProduceRequestData request =
                produce("orders", MemoryRecords.withRecords(Compression.NONE, record("a"), record("b"), record("c")));

        Exchange exchange = request(request, dropping("a"));
        ProduceResponseData response = response(new PartitionProduceResponse()
                .setErrorCode(Errors.INVALID_RECORD.code())
                .setRecordErrors(List.of(new ProduceResponseData.BatchIndexAndErrorMessage()
                        .setBatchIndex(1)
                        .setBatchIndexErrorMessage("no c"))));
        exchange.response(response);

        assertThat(response.responses()
                        .find("orders", Uuid.ZERO_UUID)
                        .partitionResponses()
                        .get(0)
                        .recordErrors()
                        .get(0)
                        .batchIndex())
                .isEqualTo(2);
    }

    @Test
    void aBatchOfWhichAllIsDroppedIsAnsweredAsWrittenAndNotForwarded() {
        ProduceRequestData alone = produce("orders", MemoryRecords.withRecords(Compression.NONE, record("a")));
        ProduceRequestData withAnother = new ProduceRequestData().setAcks((short) -1);
        withAnother.topicData().add(topic("orders", partition(0, "a"), partition(1, "b")));

        request(alone, dropping("a"));
        assertThat(chain.events).containsExactly("answer");
        assertThat(lines((ProduceResponseData) chain.outcome)).containsExactly("orders-0 NONE -1 null");

        chain = new TestChain();
        Exchange exchange = request(withAnother, dropping("a"));
        assertThat(withAnother.topicData().find("orders", Uuid.ZERO_UUID).partitionData())
                .extracting(PartitionProduceData::index)
                .containsExactly(1);
        ProduceResponseData response =
                response(new PartitionProduceResponse().setIndex(1).setBaseOffset(7));
        exchange.response(response);
        assertThat(lines(response)).containsExactlyInAnyOrder("orders-0 NONE -1 null", "orders-1 NONE 7 null");
    }

    @Test
    void droppingWithAcksZeroIsSilent() {
        ProduceRequestData request = produce("orders", MemoryRecords.withRecords(Compression.NONE, record("a")))
                .setAcks((short) 0);
        chain.then(on -> on.producedRecords(dropping("a")));

        chain.exchange(ApiKeys.PRODUCE, false).request(request);

        assertThat(chain.events).containsExactly("drop");
    }

    @Test
    void whatAnIdempotentProducerSendsIsRejectedInsteadOfDropped() {
        MemoryRecords idempotent =
                MemoryRecords.withIdempotentRecords(Compression.NONE, 77L, (short) 3, 500, record("a"), record("b"));
        List<Boolean> canDrop = new ArrayList<>();

        request(produce("orders", idempotent), (batch, context) -> {
            canDrop.add(batch.canDrop());
            dropping("b").handle(batch, context);
        });

        assertThat(canDrop).containsExactly(false);
        assertThat(chain.events).containsExactly("answer");
        assertThat(lines((ProduceResponseData) chain.outcome)).containsExactly("orders-0 INVALID_RECORD -1 no b");
    }

    private static ProducedRecordsHandler dropping(String values) {
        return (batch, context) -> batch.forEach(record -> {
            if (text(record.value()).matches(values)) {
                batch.drop(record, "no " + text(record.value()));
            }
        });
    }

    private static ProduceResponseData response(PartitionProduceResponse partition) {
        ProduceResponseData response = new ProduceResponseData();
        response.responses()
                .add(new TopicProduceResponse()
                        .setName("orders")
                        .setPartitionResponses(new ArrayList<>(List.of(partition))));
        return response;
    }

    @Test
    void aHandlerThatThrowsRefusesTheRequest() {
        request(produce("orders", MemoryRecords.withRecords(Compression.NONE, record("a"))), (batch, context) -> {
            throw new IllegalStateException("oops");
        });

        assertThat(lines((ProduceResponseData) chain.outcome))
                .singleElement()
                .asString()
                .contains("UNKNOWN_SERVER_ERROR");
    }

    @Test
    void aHandlerThatDoesNotLookDecompressesNothing() {
        request(produce("orders", wrongContent()), (batch, context) -> {});

        assertThat(chain.events).containsExactly("forward");
    }

    // ---- fetched

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void fetchedRecordsCanBeChangedAndDroppedAndOffsetsStay(CompressionType type) {
        MemoryRecords records = MemoryRecords.withRecords(
                100L, Compression.of(type).build(), record("a"), record("b"), record("c"), record("d"));

        MemoryRecords result = fetched(
                records,
                (batch, context) -> batch.forEach(record -> {
                    if (text(record.value()).matches("[ad]")) {
                        batch.drop(record);
                    } else {
                        record.setValue(ByteBuffer.wrap(bytes("new-" + text(record.value()))));
                    }
                }));

        RecordBatch batch = only(result);
        assertThat(batch.compressionType()).isEqualTo(type);
        assertThat(batch.baseOffset()).isEqualTo(100);
        assertThat(batch.lastOffset()).isEqualTo(103);
        assertThat(batch.nextOffset()).isEqualTo(104);
        assertThat(batch.isValid()).isTrue();
        assertThat(offsetsAndValues(result)).containsExactly("101 new-b", "102 new-c");
    }

    @Test
    void aBatchOfWhichNothingIsLeftStaysAsAnEmptyOneWithItsOffsets() {
        MemoryRecords first = MemoryRecords.withTransactionalRecords(
                10L, Compression.gzip().build(), 77L, (short) 3, 500, 9, record("a"), record("b"));
        MemoryRecords second = MemoryRecords.withRecords(12L, Compression.NONE, record("c"));

        MemoryRecords result = fetched(
                concatenated(first, second),
                (batch, context) -> batch.forEach(record -> {
                    if (record.offset() < 12) {
                        batch.drop(record);
                    }
                }));

        List<RecordBatch> batches = batches(result);
        RecordBatch empty = batches.get(0);
        assertThat(empty.countOrNull()).isZero();
        assertThat(empty.isValid()).isTrue();
        assertThat(empty.baseOffset()).isEqualTo(10);
        assertThat(empty.lastOffset()).isEqualTo(11);
        assertThat(empty.producerId()).isEqualTo(77);
        assertThat(empty.producerEpoch()).isEqualTo((short) 3);
        assertThat(empty.baseSequence()).isEqualTo(500);
        assertThat(empty.partitionLeaderEpoch()).isEqualTo(9);
        assertThat(empty.isTransactional()).isTrue();
        assertThat(batches).hasSize(2);
        assertThat(offsetsAndValues(result)).containsExactly("12 c");
    }

    @Test
    void logAppendTimeStays() {
        ByteBuffer buffer = ByteBuffer.allocate(1_000);
        MemoryRecordsBuilder builder = MemoryRecords.builder(
                buffer,
                RecordBatch.CURRENT_MAGIC_VALUE,
                Compression.lz4().build(),
                TimestampType.LOG_APPEND_TIME,
                20L,
                9_999L);
        builder.append(1L, bytes("k"), bytes("a"));
        builder.append(2L, bytes("k"), bytes("b"));

        MemoryRecords result = fetched(
                builder.build(),
                (batch, context) -> batch.forEach(record -> {
                    assertThat(record.timestamp()).isEqualTo(9_999);
                    record.addHeader("seen", null);
                }));

        assertThat(only(result).timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
        assertThat(only(result).maxTimestamp()).isEqualTo(9_999);
        assertThat(read(result)).containsExactly("20 9999 k=a {seen=null}", "21 9999 k=b {seen=null}");
    }

    @Test
    void compactedBatchesWithGapsKeepTheirOffsets() {
        ByteBuffer buffer = ByteBuffer.allocate(1_000);
        MemoryRecordsBuilder builder = MemoryRecords.builder(buffer, Compression.NONE, TimestampType.CREATE_TIME, 50L);
        builder.appendWithOffset(53L, 1L, bytes("k"), bytes("a"));
        builder.appendWithOffset(57L, 1L, bytes("k"), bytes("b"));
        builder.overrideLastOffset(60L);

        MemoryRecords result =
                fetched(builder.build(), (batch, context) -> batch.forEach(record -> record.addHeader("h", null)));

        assertThat(only(result).baseOffset()).isEqualTo(50);
        assertThat(only(result).lastOffset()).isEqualTo(60);
        assertThat(offsetsAndValues(result)).containsExactly("53 a", "57 b");
    }

    @Test
    void controlBatchesAreUnseenAndKeepTheirBytes() {
        MemoryRecords data = MemoryRecords.withTransactionalRecords(Compression.NONE, 77L, (short) 3, 0, record("a"));
        MemoryRecords marker = MemoryRecords.withEndTransactionMarker(
                1L, 5L, 2, 77L, (short) 3, new EndTransactionMarker(ControlRecordType.COMMIT, 1));
        List<Long> seen = new ArrayList<>();

        MemoryRecords result = fetched(
                concatenated(data, marker),
                (batch, context) -> batch.forEach(record -> {
                    seen.add(record.offset());
                    batch.drop(record);
                }));

        assertThat(seen).containsExactly(0L);
        ByteBuffer bytes = result.buffer();
        assertThat(bytes.slice(bytes.limit() - marker.sizeInBytes(), marker.sizeInBytes()))
                .isEqualTo(marker.buffer());
        assertThat(batches(result).get(1).isControlBatch()).isTrue();
    }

    @Test
    void aPartialBatchAtTheEndIsUnseenAndNeverReachesTheClientBroken() {
        MemoryRecords whole = MemoryRecords.withRecords(Compression.NONE, record("a"));
        MemoryRecords next = MemoryRecords.withRecords(1L, Compression.NONE, record("b"));
        ByteBuffer cut = ByteBuffer.allocate(whole.sizeInBytes() + 30)
                .put(whole.buffer().duplicate())
                .put(next.buffer().slice(0, 30));
        cut.flip();

        MemoryRecords result = fetched(
                MemoryRecords.readableRecords(cut),
                (batch, context) -> batch.forEach(record -> record.addHeader("h", null)));

        assertThat(offsetsAndValues(result)).containsExactly("0 a");
        assertThat(result.validBytes()).isEqualTo(result.sizeInBytes());
    }

    @Test
    void aResponseInWhichNothingIsChangedKeepsItsBytes() {
        MemoryRecords records = MemoryRecords.withRecords(Compression.gzip().build(), record("a"));
        FetchResponseData response = fetchResponse("orders", records);

        fetchWith(
                response,
                (batch, context) ->
                        batch.forEach(record -> assertThat(record.value()).isNotNull()));

        assertThat(chain.events).containsExactly("forward", "respond");
        assertThat(response.responses().get(0).partitions().get(0).records()).isSameAs(records);
    }

    @Test
    void partitionsWithoutRecordsAreNotShown() {
        FetchResponseData response = fetchResponse("orders", MemoryRecords.EMPTY);
        response.responses().get(0).partitions().add(new FetchResponseData.PartitionData().setRecords(null));

        fetchWith(response, (batch, context) -> {
            throw new IllegalStateException("shown");
        });

        assertThat(chain.events).containsExactly("forward", "respond");
    }

    @Test
    void fetchedTopicsAreNamedByTheirId() {
        List<@Nullable String> names = new ArrayList<>();
        chain.host.names.put(ID, "orders");
        FetchResponseData response = fetchResponse("", MemoryRecords.withRecords(Compression.NONE, record("a")));
        response.responses().get(0).setTopicId(ID);

        fetchWith(response, (batch, context) -> names.add(batch.topic()));

        assertThat(names).containsExactly("orders");
    }

    @Test
    void shareFetchedRecordsAreShownAndDropped() {
        chain.host.names.put(ID, "orders");
        MemoryRecords records = MemoryRecords.withRecords(7L, Compression.NONE, record("a"), record("b"));
        ShareFetchResponseData.PartitionData partition = new ShareFetchResponseData.PartitionData().setRecords(records);
        ShareFetchResponseData response = new ShareFetchResponseData();
        response.responses()
                .add(new ShareFetchResponseData.ShareFetchableTopicResponse()
                        .setTopicId(ID)
                        .setPartitions(List.of(partition)));
        chain.then(on -> on.fetchedRecords((batch, context) -> {
            assertThat(batch.topic()).isEqualTo("orders");
            batch.drop(batch.iterator().next());
        }));

        chain.exchange(ApiKeys.SHARE_FETCH, true).response(response);

        assertThat(chain.events).containsExactly("respond changed");
        assertThat(offsetsAndValues((MemoryRecords) partition.records())).containsExactly("8 b");
    }

    @ParameterizedTest
    @MethodSource("corrupt")
    void aCorruptFetchedBatchCloses(MemoryRecords records) {
        fetchWith(fetchResponse("orders", records), (batch, context) -> batch.forEach(record -> {}));

        assertThat(chain.events).hasSize(2);
        assertThat(chain.events.get(1)).startsWith("close: records do not parse: ");
        assertThat(chain.type.get(0).failures).isEmpty();
    }

    @Test
    void batchesOfTheOldMessageFormatAreReadAndWrittenInTheNewOne() {
        MemoryRecords old = MemoryRecords.withRecords(
                RecordBatch.MAGIC_VALUE_V1,
                30L,
                Compression.gzip().build(),
                TimestampType.CREATE_TIME,
                record("a"),
                record("b"));

        MemoryRecords result = fetched(
                old,
                (batch, context) -> batch.forEach(record -> {
                    if (record.offset() == 30) {
                        batch.drop(record);
                    }
                }));

        assertThat(only(result).lastOffset()).isEqualTo(31);
        assertThat(offsetsAndValues(result)).containsExactly("31 b");
    }

    // ---- help

    private Exchange request(ProduceRequestData request, ProducedRecordsHandler handler) {
        chain.then(on -> on.producedRecords(handler));
        return chain.request(ApiKeys.PRODUCE, request);
    }

    /** Through a chain of its own; what the broker would get. */
    private MemoryRecords produced(ProduceRequestData request, ProducedRecordsHandler handler) {
        chain = new TestChain();
        request(request, handler);
        assertThat(chain.events).containsExactly("forward changed");
        return (MemoryRecords) records(request);
    }

    private void fetchWith(FetchResponseData response, FetchedRecordsHandler handler) {
        chain.then(on -> on.fetchedRecords(handler));
        chain.request(ApiKeys.FETCH, new FetchRequestData()).response(response);
    }

    private MemoryRecords fetched(MemoryRecords records, FetchedRecordsHandler handler) {
        FetchResponseData response = fetchResponse("orders", records);
        fetchWith(response, handler);
        assertThat(chain.events).containsExactly("forward", "respond changed");
        return (MemoryRecords) response.responses().get(0).partitions().get(0).records();
    }

    private static FetchResponseData fetchResponse(String topic, MemoryRecords records) {
        FetchResponseData response = new FetchResponseData();
        FetchResponseData.FetchableTopicResponse fetched =
                new FetchResponseData.FetchableTopicResponse().setTopic(topic);
        fetched.partitions().add(new FetchResponseData.PartitionData().setRecords(records));
        response.responses().add(fetched);
        return response;
    }

    private static ProduceRequestData produce(String topic, MemoryRecords records) {
        ProduceRequestData request = new ProduceRequestData().setAcks((short) -1);
        request.topicData().add(topic(topic, new PartitionProduceData().setRecords(records)));
        return request;
    }

    private static TopicProduceData topic(String name, PartitionProduceData... partitions) {
        return new TopicProduceData().setName(name).setPartitionData(new ArrayList<>(List.of(partitions)));
    }

    private static PartitionProduceData partition(int index, String value) {
        return new PartitionProduceData()
                .setIndex(index)
                .setRecords(MemoryRecords.withRecords(Compression.NONE, record(value)));
    }

    private static BaseRecords records(ProduceRequestData request) {
        return request.topicData().iterator().next().partitionData().get(0).records();
    }

    private static MemoryRecords concatenated(MemoryRecords... parts) {
        ByteBuffer all = ByteBuffer.allocate(
                Stream.of(parts).mapToInt(MemoryRecords::sizeInBytes).sum());
        Stream.of(parts).forEach(part -> all.put(part.buffer().duplicate()));
        all.flip();
        return MemoryRecords.readableRecords(all);
    }

    private static List<RecordBatch> batches(MemoryRecords records) {
        List<RecordBatch> batches = new ArrayList<>();
        records.batches().forEach(batches::add);
        return batches;
    }

    private static RecordBatch only(MemoryRecords records) {
        assertThat(batches(records)).hasSize(1);
        return batches(records).get(0);
    }

    private static List<String> read(MemoryRecords records) {
        return StreamSupport.stream(records.records().spliterator(), false)
                .map(record -> record.offset() + " " + record.timestamp() + " " + text(record.key()) + "="
                        + text(record.value()) + " {" + headers(record) + "}")
                .toList();
    }

    private static List<String> offsetsAndValues(MemoryRecords records) {
        return StreamSupport.stream(records.records().spliterator(), false)
                .map(record -> record.offset() + " " + text(record.value()))
                .toList();
    }

    private static String headers(Record record) {
        return Stream.of(record.headers())
                .map(header -> header.key() + "="
                        + (header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8)))
                .collect(Collectors.joining(", "));
    }

    private static List<String> lines(ProduceResponseData response) {
        List<String> lines = new ArrayList<>();
        response.responses()
                .forEach(topic -> topic.partitionResponses()
                        .forEach(partition -> lines.add(topic.name() + "-" + partition.index() + " "
                                + Errors.forCode(partition.errorCode()) + " " + partition.baseOffset() + " "
                                + partition.errorMessage())));
        return lines;
    }

    private static SimpleRecord record(String value) {
        return new SimpleRecord(1_000, bytes("k"), bytes(value));
    }

    private static Header[] header(String name, String value) {
        return new Header[] {new RecordHeader(name, bytes(value))};
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable String text(@Nullable ByteBuffer bytes) {
        return bytes == null
                ? null
                : StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    private static ProducedRecordsHandler stamping() {
        return (batch, context) -> batch.forEach(record -> record.addHeader("user", bytes("alice")));
    }
}
