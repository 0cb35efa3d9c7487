/** The clients: prebuilt requests replayed over sockets, so that a client costs little and is the same for every target. */
@NullMarked
package io.gatehouse.benchmarks.load;

import org.jspecify.annotations.NullMarked;
