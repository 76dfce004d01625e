/** Tests of roll-ups. */
package io.endomesh.controller.telemetry;
