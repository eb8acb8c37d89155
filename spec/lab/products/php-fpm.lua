-- PHP's FastCGI process manager.
return {
  title = "PHP-FPM", package = "php8.2-fpm", tier = 1,
  start = [[
cat > fpm.conf <<CONF
[global]
error_log = /dev/stderr
pid = $run/pid
[lab]
user = nobody
group = nogroup
listen = 0.0.0.0:9000
pm = static
pm.max_children = 4
CONF
exec php-fpm8.2 -F -y "$run/fpm.conf"
]],
  serves = { { service = "fastcgi", port = 9000, ways = {}, fields = { multiplexes = false } } },
}
