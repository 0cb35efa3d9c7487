/** What a window of load cost: CPU, memory and allocation of a process, and the statistics of several windows. */
@NullMarked
package io.gatehouse.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
