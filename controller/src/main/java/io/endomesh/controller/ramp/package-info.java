/**
 * How the calls of a service are split between versions, how that is changed, and changed step by
 * step while somebody watches who needs no sleep.
 */
@NullMarked
package io.endomesh.controller.ramp;

import org.jspecify.annotations.NullMarked;
