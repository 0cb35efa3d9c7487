/** JMH: the frame path without sockets. */
@NullMarked
package io.gatehouse.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
