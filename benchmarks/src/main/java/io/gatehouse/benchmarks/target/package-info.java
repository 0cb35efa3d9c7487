/** What is measured: processes of their own, started on free loopback ports and ended by process id. */
@NullMarked
package io.gatehouse.benchmarks.target;

import org.jspecify.annotations.NullMarked;
