@NullMarked
package io.endomesh.controller.jwks;

import org.jspecify.annotations.NullMarked;
