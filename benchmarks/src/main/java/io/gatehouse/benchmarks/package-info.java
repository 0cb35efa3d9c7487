/** The end-to-end harness: starts a broker and what stands before it, runs the same workloads against each in turn, and reports. Its order of work is in {@code Main}. */
@NullMarked
package io.gatehouse.benchmarks;

import org.jspecify.annotations.NullMarked;
