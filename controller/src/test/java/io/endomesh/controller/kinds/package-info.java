@NullMarked
package io.endomesh.controller.kinds;

import org.jspecify.annotations.NullMarked;
