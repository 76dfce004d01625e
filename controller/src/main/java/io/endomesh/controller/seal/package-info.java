/** Secrets at rest: encrypted by a data key, which is itself encrypted by a key from elsewhere. */
@NullMarked
package io.endomesh.controller.seal;

import org.jspecify.annotations.NullMarked;
