/** Code that uses Apache HttpClient 5 itself, loaded anew for each version of it. */
@NullMarked
package io.endomesh.contracts.httpclient5.library;

import org.jspecify.annotations.NullMarked;
