// ssh2's native part keeps its ciphers in node::ObjectWrap. In the headers of Node 24.19 and later that class ends the
// process when the garbage collector frees one of them between two turns of the event loop
// (https://github.com/nodejs/node/issues/65446). nan's own class of the same name does not.
#include <nan.h>
#define ObjectWrap Nan::ObjectWrap
