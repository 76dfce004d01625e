@NullMarked
package io.endomesh.controller.forward;

import org.jspecify.annotations.NullMarked;
