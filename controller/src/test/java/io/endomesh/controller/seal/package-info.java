@NullMarked
package io.endomesh.controller.seal;

import org.jspecify.annotations.NullMarked;
