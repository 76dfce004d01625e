/** Single calls, for who has the right to see them. */
@NullMarked
package io.endomesh.controller.tap;

import org.jspecify.annotations.NullMarked;
