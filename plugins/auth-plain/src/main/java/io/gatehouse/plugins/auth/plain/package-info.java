/**
 * SASL/PLAIN over accounts: the message, the accounts, and the verification of passwords off the event loop. Imports the SPI and a bcrypt
 * library.
 */
@NullMarked
package io.gatehouse.plugins.auth.plain;

import org.jspecify.annotations.NullMarked;
