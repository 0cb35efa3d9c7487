/**
 * Harnesses for plugin authors: an interceptor or authenticator under test without a gateway, a broker or a network. What a handler
 * does wrong ends as the SPI's javadoc says that it ends in the gateway. Harnesses are for one test thread.
 */
@NullMarked
package io.gatehouse.spi.testkit;

import org.jspecify.annotations.NullMarked;
