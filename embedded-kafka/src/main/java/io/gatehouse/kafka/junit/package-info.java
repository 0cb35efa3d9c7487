/**
 * The embedded cluster as a JUnit extension.
 *
 * <p>A package of its own because JUnit is an optional dependency of this module: who does not import this package
 * needs no JUnit.
 */
@NullMarked
package io.gatehouse.kafka.junit;

import org.jspecify.annotations.NullMarked;
