@NullMarked
package io.endomesh.controller.ramp;

import org.jspecify.annotations.NullMarked;
