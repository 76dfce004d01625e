@NullMarked
package io.endomesh.telemetry;

import org.jspecify.annotations.NullMarked;
