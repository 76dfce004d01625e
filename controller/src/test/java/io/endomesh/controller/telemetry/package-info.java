/** Tests of roll-ups. */
@NullMarked
package io.endomesh.controller.telemetry;

import org.jspecify.annotations.NullMarked;
