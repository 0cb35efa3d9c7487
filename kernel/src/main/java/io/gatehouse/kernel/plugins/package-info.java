/**
 * The plugins folder: watching it, validating jars before any of their code runs, loading each into a generation of its own, and
 * publishing what they offer as an immutable snapshot. Imports the SPI and PF4J, and no other kernel package.
 */
@NullMarked
package io.gatehouse.kernel.plugins;

import org.jspecify.annotations.NullMarked;
