/** Tests of what a user unzips: its files, and {@code bin/gatehouse} as a process of its own. They need only the zip. */
@NullMarked
package io.gatehouse.distribution;

import org.jspecify.annotations.NullMarked;
