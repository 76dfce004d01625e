@NullMarked
package io.endomesh.controller.tap;

import org.jspecify.annotations.NullMarked;
