/** Code that uses Apache HttpClient 4 itself, loaded anew for each version of it. */
@NullMarked
package io.endomesh.contracts.httpclient4.library;

import org.jspecify.annotations.NullMarked;
