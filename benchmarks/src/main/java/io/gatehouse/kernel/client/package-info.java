/** JMH over a client connection of the kernel, whose classes only its own package sees. */
@NullMarked
package io.gatehouse.kernel.client;

import org.jspecify.annotations.NullMarked;
