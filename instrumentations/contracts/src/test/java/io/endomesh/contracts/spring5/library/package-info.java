/** Code that uses Spring 5 itself, loaded with the client underneath. */
@NullMarked
package io.endomesh.contracts.spring5.library;

import org.jspecify.annotations.NullMarked;
