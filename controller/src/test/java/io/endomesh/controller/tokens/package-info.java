/** Tests of join tokens. */
@NullMarked
package io.endomesh.controller.tokens;

import org.jspecify.annotations.NullMarked;
