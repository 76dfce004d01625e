/** Tests of certificates. */
@NullMarked
package io.endomesh.controller.ca;

import org.jspecify.annotations.NullMarked;
