/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NodePortsTest {

    private static final Path SOURCE = Path.of("src/main/java/io/gatehouse/kernel/routing/NodePorts.java");

    record Row(List<Integer> ports, int minNodeId, List<String> ofNodes0And1And5) {}

    /** The table in the class's documentation. */
    static List<Row> documented() throws IOException {
        String source = Files.readString(SOURCE);
        String table = source.substring(source.indexOf("<pre>") + 5, source.indexOf("</pre>"));
        return table.lines()
                .map(line -> line.replaceFirst("^ \\* ?", "")
                        .replaceFirst("\\(.*", "")
                        .strip())
                .filter(line -> line.matches("\\d.*"))
                .map(line -> line.split("\\s{2,}"))
                .map(cells ->
                        new Row(ports(cells[0]), Integer.parseInt(cells[1]), List.of(cells[2], cells[3], cells[4])))
                .toList();
    }

    private static List<Integer> ports(String text) {
        List<Integer> ports = new ArrayList<>();
        for (String range : text.split(", ")) {
            String[] ends = range.split("-");
            IntStream.rangeClosed(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]))
                    .forEach(ports::add);
        }
        return ports;
    }

    @ParameterizedTest
    @MethodSource("documented")
    void theDocumentedTableHolds(Row row) {
        NodePorts ports = new NodePorts(
                row.ports(), row.minNodeId(), "gateway", row.ports().get(0));

        assertThat(List.of(shown(ports, 0), shown(ports, 1), shown(ports, 5))).isEqualTo(row.ofNodes0And1And5());
    }

    @Test
    void theTableHasFourRows() throws IOException {
        assertThat(documented()).hasSize(4);
    }

    @Test
    void aGapLeavesNodesNowhereAndTheOthersInPlace() {
        NodePorts ports = new NodePorts(List.of(19092, 19095), 0, "gateway", 19092);

        assertThat(ports.of(2)).isEqualTo(new Endpoint("gateway", 19095));
        assertThat(ports.nodeOf(19095)).hasValue(2);
    }

    @ParameterizedTest
    @MethodSource("documented")
    void everyBoundPortLeadsToTheNodeThatIsAdvertisedThere(Row row) {
        NodePorts ports = new NodePorts(
                row.ports(), row.minNodeId(), "gateway", row.ports().get(0));

        assertThat(ports.nodeOf(ports.bootstrapPort())).isEmpty();
        for (int port : row.ports().subList(1, row.ports().size())) {
            int node = ports.nodeOf(port).orElseThrow();

            assertThat(ports.of(node)).isEqualTo(new Endpoint("gateway", port));
        }
    }

    @Test
    void advertisedPortsAreShiftedLikeTheBootstrapPort() {
        NodePorts ports = new NodePorts(ports("19092-19095"), 1, "kafka.example.com", 9092);

        assertThat(ports.of(1)).isEqualTo(new Endpoint("kafka.example.com", 9093));
        assertThat(ports.of(3)).isEqualTo(new Endpoint("kafka.example.com", 9095));
        assertThat(ports.of(4)).isNull();
        assertThat(ports.nodeOf(19093)).hasValue(1);
    }

    @Test
    void idsOutsideTheRangeAreNowhere() {
        NodePorts ports = new NodePorts(ports("19092-19192"), 10, "gateway", 19092);

        assertThat(ports.of(-1)).isNull();
        assertThat(ports.of(9)).isNull();
        assertThat(ports.of(110)).isNull();
        assertThat(ports.of(Integer.MAX_VALUE)).isNull();
        assertThat(ports.of(109)).isEqualTo(new Endpoint("gateway", 19192));
    }

    @Test
    void thePortsCannotBeChangedFromOutside() {
        NodePorts ports = new NodePorts(List.of(1, 2), 0, "gateway", 1);

        ports.all()[0] = 99;

        assertThat(ports.all()).containsExactly(1, 2);
    }

    private static String shown(NodePorts ports, int node) {
        Endpoint endpoint = ports.of(node);
        return endpoint == null ? "nowhere" : String.valueOf(endpoint.port());
    }
}
