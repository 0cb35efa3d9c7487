/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.plugins.acl;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** One line of the table of what each request needs. */
record TableRow(
        ApiKeys api, int order, String operation, String resource, String when, String error, String placement) {

    private static final Set<ApiKeys> OF_THE_KERNEL =
            Set.of(ApiKeys.API_VERSIONS, ApiKeys.SASL_HANDSHAKE, ApiKeys.SASL_AUTHENTICATE);

    /** A place, and the versions that have it: {@code group(v8+)}, {@code top(v2-7)}, {@code partition(v1)}, {@code top}. */
    private static final Pattern PLACE =
            Pattern.compile("(?<place>[a-zA-Z-]+)(?:\\((?:v(?<from>\\d+)(?<open>\\+)?(?:-(?<to>\\d+))?|[^)]*)\\))?");

    /** What becomes of who lacks the right. */
    enum Treatment {
        REFUSED,
        LEFT_OUT,
        /** A field that is 0. */
        ZERO,
        /** Refused where a broker only waits: see docs/acl.md. */
        STREAMS,
        /** Brokers need it, or tokens that only brokers issue. */
        NOT_OFFERED,
        /** No right is needed. */
        FREE,
        /** Never seen by interceptors. */
        OF_THE_KERNEL
    }

    static List<TableRow> all() {
        try (InputStream table =
                TableRow.class.getResourceAsStream("/io/gatehouse/plugins/acl/apis/kafka-authz-table.tsv")) {
            return new String(table.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .map(TableRow::of)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TableRow of(String line) {
        String[] cells = line.split("\t");
        return new TableRow(
                ApiKeys.forId(Integer.parseInt(cells[0])),
                Integer.parseInt(cells[2]),
                cells[3],
                cells[4],
                cells[5],
                cells[6],
                cells[7]);
    }

    Treatment treatment() {
        if (OF_THE_KERNEL.contains(api)) {
            return Treatment.OF_THE_KERNEL;
        }
        boolean ofBrokers =
                when.equals("peer-only") || when.equals("v4+") || api.name().contains("SHARE_GROUP_STATE");
        if (ofBrokers || api.name().contains("DELEGATION_TOKEN")) {
            return Treatment.NOT_OFFERED;
        }
        if (operation.equals("-")) {
            return Treatment.FREE;
        }
        if (placement.endsWith("=0")) {
            return Treatment.ZERO;
        }
        if (placement.startsWith("status")) {
            return Treatment.STREAMS;
        }
        return placement.equals("omit") ? Treatment.LEFT_OUT : Treatment.REFUSED;
    }

    /** The versions in which a client can ask for it. */
    List<Short> versions() {
        List<Short> versions = new ArrayList<>();
        // The flag is in version 6, which Kafka does not call stable.
        boolean unstable = when.equals("if-enable2Pc");
        short from =
                switch (when) {
                    case "if-keyType-1" -> 1;
                    case "if-keyType-2", "if-enable2Pc" -> 6;
                    default -> api.oldestVersion();
                };
        short to = api == ApiKeys.ADD_PARTITIONS_TO_TXN ? 3 : api.latestVersion(unstable);
        for (short version = from; version <= to; version++) {
            versions.add(version);
        }
        return versions;
    }

    /** Where the code stands in the response of a version: at all of these; none when that version has no place for it. */
    List<String> placesIn(short version) {
        if (placement.startsWith("partition(others")) {
            return List.of("partition");
        }
        List<String> places = PLACE.matcher(placement)
                .results()
                .filter(place -> isIn(place, version))
                .map(place -> place.group(1))
                .toList();
        boolean alternatives = !placement.contains(")+");
        return alternatives && places.size() > 1 ? places.subList(0, 1) : places;
    }

    private static boolean isIn(MatchResult place, short version) {
        String from = place.group(2);
        if (from == null) {
            return true;
        }
        boolean open = place.group(3) != null;
        int last = place.group(4) == null ? Integer.parseInt(from) : Integer.parseInt(place.group(4));
        return version >= Integer.parseInt(from) && (open || version <= last);
    }

    Errors expected() {
        return Errors.valueOf(error);
    }

    /** All errors that the response may have. */
    List<Errors> allowed() {
        return placement.contains("OPERATION_NOT_ATTEMPTED")
                ? List.of(expected(), Errors.OPERATION_NOT_ATTEMPTED)
                : List.of(expected());
    }

    @Override
    public String toString() {
        return api.name + " " + order + ": " + operation + " on " + resource + " (" + when + ")";
    }
}
