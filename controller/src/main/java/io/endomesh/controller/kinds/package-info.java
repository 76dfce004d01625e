/** The resource kinds: parsed, validated, and as values. */
@NullMarked
package io.endomesh.controller.kinds;

import org.jspecify.annotations.NullMarked;
