/**
 * SASL/PLAIN and SASL/SCRAM over accounts: the messages, the accounts with their verifiers, and the slow part of checking passwords, off
 * the event loop and in turn by client address. Imports the SPI, Kafka's SCRAM classes and a bcrypt library.
 */
@NullMarked
package io.gatehouse.plugins.auth.plain;

import org.jspecify.annotations.NullMarked;
