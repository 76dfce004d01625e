/** Joining by tokens that others gave out: service accounts of Kubernetes, and the like. */
@NullMarked
package io.endomesh.controller.join;

import org.jspecify.annotations.NullMarked;
