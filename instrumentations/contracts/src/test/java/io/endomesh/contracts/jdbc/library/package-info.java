/** The application's side: code that uses the libraries under test, made in their class loader. */
@NullMarked
package io.endomesh.contracts.jdbc.library;

import org.jspecify.annotations.NullMarked;
