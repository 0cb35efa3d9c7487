/** The table, the JSON file and the picture. */
@NullMarked
package io.gatehouse.benchmarks.report;

import org.jspecify.annotations.NullMarked;
