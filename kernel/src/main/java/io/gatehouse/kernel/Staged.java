/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel;

/** A part of a reload that is ready: either it counts from now on, or it never was. Nothing of it shows outside before. */
interface Staged {

    /** Makes it count; must not fail. */
    void commit();

    /** Lets go of what was made for it. */
    void discard();
}
