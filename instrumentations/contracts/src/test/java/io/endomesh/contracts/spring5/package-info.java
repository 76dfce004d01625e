/** Clients of Spring 5, which leave the calls to others. */
@NullMarked
package io.endomesh.contracts.spring5;

import org.jspecify.annotations.NullMarked;
